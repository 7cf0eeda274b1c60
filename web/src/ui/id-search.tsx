/** A field for the id of a user or an item that suggests those that begin so. */
import { Autocomplete } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { client } from '../api/queries.ts'
import { Icon } from './icons.tsx'

export function IdSearch({
  of,
  label,
  placeholder,
  initial = '',
  onChoose,
  after,
}: {
  readonly of: 'users' | 'items'
  readonly label: string
  readonly placeholder: string
  readonly initial?: string
  readonly onChoose: (id: string) => void
  readonly after?: ReactNode
}) {
  const [text, setText] = useState(initial)
  const [prefix] = useDebouncedValue(text, 150)
  const { data } = useQuery({
    queryKey: ['search', of, prefix],
    queryFn: () => client().search(of, prefix, 12),
    placeholderData: keepPreviousData,
  })
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        if (text !== '') onChoose(text)
      }}
    >
      <Autocomplete
        label={label}
        placeholder={placeholder}
        leftSection={<Icon name="explorer" size={16} />}
        rightSection={after}
        data={data?.items ?? []}
        // The service has chosen them.
        filter={({ options }) => options}
        value={text}
        onChange={setText}
        onOptionSubmit={onChoose}
        maxLength={500}
      />
    </form>
  )
}
