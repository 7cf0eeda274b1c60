import { Checkbox, NumberInput, Select, SimpleGrid, Stack, Table, Text, TextInput } from '@mantine/core'
import type { ImportPreview } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { Panel } from '../../ui/panel.tsx'
import { type AttributeType, type Draft, type Field, fieldsOf, hasAttributes } from './draft.ts'
import { Wide } from '../../ui/wide.tsx'

const types: readonly AttributeType[] = ['text', 'number', 'boolean', 'list']

interface Props {
  readonly preview: ImportPreview
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
}

export function MapColumns({ preview, draft, onChange }: Props) {
  const { t } = useTranslation('import')
  const { kind, columns } = draft
  const names = preview.columns.map(({ name }) => name)
  const set = (field: Field, column: string | null): void => {
    const { [field]: _, ...others } = columns
    onChange({ ...draft, columns: column === null ? others : { ...others, [field]: column } })
  }
  const asksForWord =
    (kind === 'events' && columns.type === undefined) || (kind === 'relations' && columns.kind === undefined)
  return (
    <Panel title={t('map.title')} lead={t(`map.lead.${kind}`)}>
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
          {fieldsOf(kind).map(({ name, needed }) => (
            <Select
              key={name}
              label={t(`fields.${name}`)}
              description={t(`about.${name}`)}
              withAsterisk={needed}
              data={names}
              value={columns[name] ?? null}
              placeholder={t('map.none')}
              clearable={!needed}
              clearButtonProps={{ 'aria-label': t('map.clear', { field: t(`fields.${name}`) }) }}
              searchable={names.length > 10}
              onChange={(column) => set(name, column)}
            />
          ))}
          {asksForWord && (
            <TextInput
              label={t(`word.${kind === 'events' ? 'events' : 'relations'}`)}
              description={t('word.about')}
              placeholder={kind === 'events' ? 'interaction' : 'knows'}
              value={draft.word}
              maxLength={500}
              onChange={(event) => onChange({ ...draft, word: event.currentTarget.value.trim() })}
            />
          )}
          <NumberInput
            label={t('bad.label')}
            description={t('bad.about')}
            suffix=" %"
            min={0}
            max={100}
            value={draft.badShare}
            onChange={(value) => onChange({ ...draft, badShare: Number(value) || 0 })}
          />
        </SimpleGrid>
        {hasAttributes(kind) && <Attributes preview={preview} draft={draft} onChange={onChange} />}
      </Stack>
    </Panel>
  )
}

/** Which of the other columns are kept, and as what. */
function Attributes({ preview, draft, onChange }: Props) {
  const { t } = useTranslation('import')
  const taken = new Set(Object.values(draft.columns))
  const others = preview.columns.filter(({ name }) => !taken.has(name))
  const set = (name: string, type: AttributeType | null): void => {
    const attributes = new Map(draft.attributes)
    if (type === null) attributes.delete(name)
    else attributes.set(name, type)
    onChange({ ...draft, attributes })
  }
  if (others.length === 0) return <Text c="dimmed">{t('attributes.none')}</Text>
  return (
    <Wide label={t('attributes.keep')}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('attributes.keep')}</Table.Th>
            <Table.Th>{t('attributes.as')}</Table.Th>
            <Table.Th>{t('attributes.samples')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {others.map(({ name, type, samples }) => (
            <Table.Tr key={name}>
              <Table.Td>
                <Checkbox
                  label={name}
                  checked={draft.attributes.has(name)}
                  onChange={(event) => set(name, event.currentTarget.checked ? type : null)}
                />
              </Table.Td>
              <Table.Td>
                <Select
                  size="xs"
                  w={140}
                  aria-label={t('attributes.type', { name })}
                  data={types.map((value) => ({ value, label: t(`types.${value}`) }))}
                  value={draft.attributes.get(name) ?? type}
                  disabled={!draft.attributes.has(name)}
                  allowDeselect={false}
                  onChange={(value) => set(name, value)}
                />
              </Table.Td>
              <Table.Td>
                <Text size="sm" c="dimmed" lineClamp={1} maw={320}>
                  {samples.join(' · ')}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}
