/** How far one user, item or node moved. */
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ServiceError } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { IdSearch } from '../../ui/id-search.tsx'
import { Failure } from '../../ui/states.tsx'
import type { DriftKind } from './drift.tsx'

export function DriftOfId({
  kind,
  space,
  version,
  against,
}: {
  readonly kind: DriftKind
  readonly space: string
  readonly version: number
  readonly against: number
}) {
  const { t } = useTranslation('models')
  const [id, setId] = useState<string | null>(null)
  return (
    <Stack gap={4} maw={360}>
      <IdSearch
        of={kind === 'users' ? 'users' : 'items'}
        label={t('drift.find')}
        placeholder={t('drift.findHint')}
        onChoose={setId}
      />
      <div role="status">
        {id !== null && (
          <Found key={id} id={id} kind={kind} space={space} version={version} against={against} />
        )}
      </div>
    </Stack>
  )
}

function Found({
  id,
  kind,
  space,
  version,
  against,
}: {
  readonly id: string
  readonly kind: DriftKind
  readonly space: string
  readonly version: number
  readonly against: number
}) {
  const { t } = useTranslation('models')
  const { fixed } = useFormat()
  const one = useQuery({
    queryKey: ['drift', space, version, 'of', id],
    queryFn: () => client().idDrift(space, id, version),
  })
  if (one.isError && !(one.error instanceof ServiceError && one.error.status === 404))
    return <Failure error={one.error} retry={() => void one.refetch()} />
  const own = one.data?.found.find((each) => each.kind === kind)
  const text = one.isPending
    ? ''
    : !own
      ? t('drift.unknown', { id })
      : own.drift === null
        ? t('drift.new', { id, against })
        : t('drift.one', { id, value: fixed(own.drift) })
  return (
    <Text size="sm" className="id">
      {text}
    </Text>
  )
}
