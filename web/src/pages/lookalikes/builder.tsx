/** Whom others are to be like, how that is judged, and how many there are to be. */
import {
  Button,
  FileButton,
  Group,
  Input,
  Loader,
  MultiSelect,
  NumberInput,
  Radio,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { LookalikeRequest } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { SERVICE, SpaceSelect } from '../../ui/space-select.tsx'
import { Failure } from '../../ui/states.tsx'
import { idsOf, idsOfFile } from './seeds.ts'
import { useAudiences } from './use-audiences.ts'

type Method = NonNullable<LookalikeRequest['method']>
const methods = ['centroid', 'max-similarity', 'classifier'] as const
const sizes = ['narrow', 'balanced', 'broad', 'number'] as const
/** How many members of a segment are taken for seeds: its most typical ones. */
const FROM_SEGMENT = 100

export function Builder({
  seeds: given,
  segment,
  busy,
  onSearch,
}: {
  readonly seeds: readonly string[]
  /** A segment whose most typical members are the seeds. */
  readonly segment: string | null
  readonly busy: boolean
  readonly onSearch: (body: LookalikeRequest) => void
}) {
  const { t } = useTranslation('lookalikes')
  const [typed, setText] = useState<string | null>(null)
  const [suppress, setSuppress] = useState('')
  const [suppressAudiences, setSuppressAudiences] = useState<string[]>([])
  const [space, setSpace] = useState(SERVICE)
  const [method, setMethod] = useState<Method>('centroid')
  const [size, setSize] = useState<(typeof sizes)[number]>('balanced')
  const [count, setCount] = useState(1000)
  const audiences = useAudiences()
  const members = useQuery({
    queryKey: ['segments', 'in service', segment, 'typical'],
    queryFn: () => client().segmentMembers(segment!, { limit: FROM_SEGMENT }),
    enabled: segment !== null,
    staleTime: Infinity,
  })
  const { data: typical } = members
  const text = typed ?? typical?.items.map(({ id }) => id).join('\n') ?? given.join('\n')
  const seeds = idsOf(text)

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const out = idsOf(suppress)
        onSearch({
          seeds,
          space,
          method,
          size: size === 'number' ? count : size,
          ...(out.length > 0 ? { suppress: out } : {}),
          ...(suppressAudiences.length > 0 ? { suppressAudiences } : {}),
        })
      }}
    >
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="sm">
          <Textarea
            label={t('seeds.label')}
            description={t('seeds.help')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autosize
            minRows={12}
            maxRows={18}
            spellCheck={false}
            required
          />
          <Group gap="sm">
            <FromFile label={t('seeds.file')} onIds={(ids) => setText(ids.join('\n'))} />
            <Text size="sm" c="dimmed" role="status">
              {t('seeds.count', { count: seeds.length })}
            </Text>
            {members.isFetching && <Loader size="xs" />}
          </Group>
          {members.isError && <Failure error={members.error} />}
        </Stack>
        <Stack gap="md">
          <SpaceSelect of="users" value={space} onChange={setSpace} />
          <Radio.Group label={t('method.label')} value={method} onChange={(next) => setMethod(next)}>
            <Stack gap="xs" mt={6}>
              {methods.map((one) => (
                <Radio
                  key={one}
                  value={one}
                  label={t(`method.${one}`)}
                  description={t(`method.${one}Help`)}
                />
              ))}
            </Stack>
          </Radio.Group>
          <Input.Wrapper label={t('size.label')} labelElement="div" description={t(`size.${size}Help`)}>
            <Group gap="xs" mt={4}>
              <SegmentedControl
                aria-label={t('size.label')}
                value={size}
                onChange={setSize}
                data={sizes.map((one) => ({ value: one, label: t(`size.${one}`) }))}
              />
              {size === 'number' && (
                <NumberInput
                  aria-label={t('size.count')}
                  value={count}
                  onChange={(value) => setCount(Number(value))}
                  min={1}
                  allowDecimal={false}
                  thousandSeparator
                  w={130}
                />
              )}
            </Group>
          </Input.Wrapper>
          <Textarea
            label={t('suppress.label')}
            description={t('suppress.help')}
            value={suppress}
            onChange={(event) => setSuppress(event.currentTarget.value)}
            autosize
            minRows={2}
            maxRows={6}
            spellCheck={false}
          />
          <Group gap="sm" align="flex-end">
            <FromFile label={t('suppress.file')} onIds={(ids) => setSuppress(ids.join('\n'))} />
            {(audiences.data?.items.length ?? 0) > 0 && (
              <MultiSelect
                label={t('suppress.audiences')}
                value={suppressAudiences}
                onChange={setSuppressAudiences}
                data={audiences.data!.items.map(({ id, name }) => ({ value: id, label: name }))}
                flex={1}
                miw={180}
                clearable
              />
            )}
          </Group>
        </Stack>
      </SimpleGrid>
      <Button type="submit" mt="md" loading={busy} disabled={seeds.length === 0}>
        {t('search')}
      </Button>
    </form>
  )
}

function FromFile({
  label,
  onIds,
}: {
  readonly label: string
  readonly onIds: (ids: readonly string[]) => void
}) {
  return (
    <FileButton
      accept=".txt,.csv,.tsv,text/plain,text/csv"
      inputProps={{ 'aria-label': label }}
      onChange={(file) => file && void file.text().then((text) => onIds(idsOfFile(file.name, text)))}
    >
      {(props) => (
        <Button variant="default" size="compact-sm" {...props}>
          {label}
        </Button>
      )}
    </FileButton>
  )
}
