/** Finds a point by its id: the way to a single one without a pointer. */
import { Autocomplete } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

const SHOWN = 8

export function FindId({
  ids,
  onFound,
}: {
  readonly ids: readonly string[] | null
  readonly onFound: (row: number) => void
}) {
  const { t } = useTranslation('map')
  const [text, setText] = useState('')
  const [missing, setMissing] = useState(false)
  const found = useMemo(() => {
    const wanted = text.trim().toLowerCase()
    if (wanted === '' || !ids) return []
    const hits = new Set<string>()
    for (const id of ids) {
      if (id.toLowerCase().includes(wanted)) hits.add(id)
      if (hits.size === SHOWN) break
    }
    return [...hits]
  }, [text, ids])

  function find(id: string): void {
    const row = ids?.indexOf(id.trim()) ?? -1
    setMissing(row < 0)
    if (row >= 0) onFound(row)
  }
  return (
    <Autocomplete
      label={t('find.label')}
      placeholder={t('find.placeholder')}
      value={text}
      onChange={(next) => {
        setText(next)
        setMissing(false)
      }}
      onOptionSubmit={find}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && ids?.includes(text.trim())) find(text)
        else if (event.key === 'Enter' && found.length === 0) setMissing(true)
      }}
      data={found}
      filter={({ options }) => options}
      limit={SHOWN}
      error={missing && t('find.missing')}
      disabled={!ids}
      w={{ base: '100%', xs: 220 }}
    />
  )
}
