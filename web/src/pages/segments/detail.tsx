/** One segment: who they are, beside everybody. */
import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link, useParams, useSearchParams } from 'react-router'
import { useFormat } from '../../i18n/format.ts'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { Actions } from './actions.tsx'
import { LiftTable } from './lift-table.tsx'
import { Members } from './members.tsx'
import { Numbers } from './numbers.tsx'
import { Rename } from './rename.tsx'
import { useTrait } from './trait.ts'
import { useSegment } from './use-segments.ts'

export function DetailPage() {
  const { t } = useTranslation('segments')
  const { whole, share, fixed } = useFormat()
  const trait = useTrait()
  const id = useParams().id!
  const [search] = useSearchParams()
  const version = Number(search.get('version')) || undefined
  const segment = useSegment(id, version)
  const found = segment.data
  return (
    <Stack gap="lg">
      <Anchor component={Link} to="/segments" size="sm">
        ← {t('back')}
      </Anchor>
      {segment.isPending && <Loading height={420} />}
      {segment.isError && <Failure error={segment.error} retry={() => void segment.refetch()} />}
      {found && (
        <>
          <Group justify="space-between" align="flex-start" gap="sm">
            <Stack gap={4}>
              <Rename segment={found} />
              <Text c="dimmed">
                {t('detail.size', { count: found.size, share: share(found.share, 1) })}
                {found.stability !== null &&
                  ` · ${t('detail.stability', { value: fixed(found.stability, 2) })}`}
              </Text>
            </Stack>
            <Actions segment={found} version={version} />
          </Group>
          <Panel title={t('detail.attributes')} lead={t('detail.liftLead')}>
            {found.attributes.length > 0 ? (
              <LiftTable
                id={found.id}
                caption={t('detail.attributes')}
                rows={found.attributes.map((one) => ({ ...one, name: trait(one.attribute, one.value) }))}
              />
            ) : (
              <Empty title={t('detail.noAttributes')}>{t('detail.noAttributesTodo')}</Empty>
            )}
          </Panel>
          {found.numbers.length > 0 && (
            <Panel title={t('detail.numbers')} lead={t('detail.numbersLead')}>
              <Numbers id={found.id} name={found.name} numbers={found.numbers} />
            </Panel>
          )}
          <Panel title={t('detail.items')}>
            <LiftTable
              id={found.id}
              caption={t('detail.items')}
              rows={found.items.map((one) => ({ ...one, name: one.title }))}
            />
          </Panel>
          <Panel
            title={t('detail.members', { count: found.size })}
            lead={t('detail.membersLead', { whole: whole(found.size) })}
          >
            <Members id={found.id} version={version} typical={found.typical} />
          </Panel>
        </>
      )}
    </Stack>
  )
}
