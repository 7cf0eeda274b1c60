import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Ways } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { IdSearch } from '../../ui/id-search.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'

export function WhyNot({ user, ways }: { readonly user: string; readonly ways: Ways }) {
  const { t } = useTranslation('explorer')
  const format = useFormat()
  const [item, setItem] = useState<string | null>(null)
  const answer = useQuery({
    queryKey: ['why-not', user, item, ways],
    queryFn: () => client().whyNot(user, item ?? '', ways),
    enabled: item !== null,
  })
  const { code, rank } = answer.data ?? {}
  return (
    <Panel title={t('whyNot.title')} lead={t('whyNot.lead')}>
      <Stack gap="sm">
        <IdSearch
          of="items"
          label={t('whyNot.item')}
          placeholder={t('whyNot.placeholder')}
          onChoose={setItem}
        />
        {answer.isError && <Failure error={answer.error} retry={() => void answer.refetch()} />}
        <Text role="status" mih={24} className="id">
          {code !== undefined && (
            <>
              <b>{item}</b>:{' '}
              {t(`whyNot.codes.${code}`, {
                rank: format.whole(rank ?? 0),
                above: format.whole((rank ?? 1) - 1),
              })}
            </>
          )}
        </Text>
      </Stack>
    </Panel>
  )
}
