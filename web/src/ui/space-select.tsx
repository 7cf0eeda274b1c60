/** What users or items are compared by: every space that the service has. */
import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Spaces } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { client } from '../api/queries.ts'
import { useFormat } from '../i18n/format.ts'

export type Space = Spaces['items'][number]

/** The model in service, whatever it is called. */
export const SERVICE = 'service'
const ATTRIBUTES = 'attributes'

export function useSpaces() {
  return useQuery({ queryKey: ['spaces'], queryFn: () => client().spaces() })
}

/** How a space is called. */
export function useSpaceName(): (name: string) => string {
  const { t } = useTranslation()
  return (name) =>
    name === SERVICE ? t('space.service') : name === ATTRIBUTES ? t('space.attributes') : name
}

export function SpaceSelect({
  of,
  value,
  onChange,
}: {
  readonly of: 'users' | 'items'
  readonly value: string
  readonly onChange: (space: string) => void
}) {
  const { t } = useTranslation()
  const { whole } = useFormat()
  const nameOf = useSpaceName()
  const spaces = useSpaces()
  const found = spaces.data?.items ?? []
  const known = found.some(({ name }) => name === value)
  const described = (space: Space): string => {
    const count = space[of] ?? 0
    const size = t(`space.${of}`, { count, number: whole(count) })
    return space.method === null || space.name === SERVICE
      ? `${nameOf(space.name)} · ${size}`
      : `${space.name} · ${space.method} · ${size}`
  }
  return (
    <Select
      label={t('space.label')}
      value={value}
      onChange={(next) => onChange(next ?? value)}
      allowDeselect={false}
      searchable={found.length > 8}
      error={spaces.isError ? t('space.failed') : undefined}
      data={[
        // What was chosen stays, so that the service can say what is wrong with it.
        ...(known ? [] : [{ value, label: nameOf(value) }]),
        ...found.map((space) => ({
          value: space.name,
          label: described(space),
          disabled: space[of] === 0 && space.name !== value,
        })),
      ]}
      w={400}
      maw="100%"
    />
  )
}
