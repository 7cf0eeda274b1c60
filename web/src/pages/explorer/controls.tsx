import {
  ActionIcon,
  Button,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Slider,
  Stack,
  Switch,
  Text,
} from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Icon } from '../../ui/icons.tsx'
import { Panel } from '../../ui/panel.tsx'
import { type Attribute, type Choice, type Condition, plain } from './ways.ts'

interface Props {
  readonly choice: Choice
  readonly attributes: readonly Attribute[]
  readonly onChange: (choice: Choice) => void
}

export function Controls({ choice, attributes, onChange }: Props) {
  const { t } = useTranslation('explorer')
  return (
    <Panel
      title={t('ways.title')}
      actions={
        choice !== plain && (
          <Button size="xs" variant="default" onClick={() => onChange(plain)}>
            {t('ways.reset')}
          </Button>
        )
      }
    >
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Stack gap={4}>
            <Text size="sm" fw={500} id="diversity">
              {t('ways.diversity')}
            </Text>
            <Slider
              thumbProps={{ 'aria-labelledby': 'diversity' }}
              value={choice.diversity}
              label={(value) => `${value} %`}
              onChange={(diversity) => onChange({ ...choice, diversity })}
              marks={[
                { value: 0, label: t('ways.byScore') },
                { value: 100, label: t('ways.unlike') },
              ]}
              mb="lg"
              mx="sm"
            />
          </Stack>
          <NumberInput
            label={t('ways.n')}
            min={1}
            max={50}
            value={choice.n}
            onChange={(n) => onChange({ ...choice, n: Math.min(50, Math.max(1, Number(n) || 1)) })}
          />
        </SimpleGrid>
        <Switch
          label={t('ways.includeSeen')}
          checked={choice.includeSeen}
          onChange={(event) => onChange({ ...choice, includeSeen: event.currentTarget.checked })}
        />
        <Conditions choice={choice} attributes={attributes} onChange={onChange} />
      </Stack>
    </Panel>
  )
}

function Conditions({ choice, attributes, onChange }: Props) {
  const { t } = useTranslation('explorer')
  const { conditions } = choice
  const free = attributes.filter(({ name }) => !conditions.some(({ attribute }) => attribute === name))
  const put = (at: number, next: Condition | null): void =>
    onChange({
      ...choice,
      conditions: conditions.flatMap((condition, place) =>
        place !== at ? [condition] : next === null ? [] : [next],
      ),
    })
  if (attributes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('filter.noAttributes')}
      </Text>
    )
  }
  return (
    <Stack gap="xs">
      {conditions.map((condition, at) => {
        const { attribute, values, min, max } = condition
        const known = attributes.find(({ name }) => name === attribute)
        return (
          <Group key={attribute} gap="xs" align="flex-end" wrap="nowrap">
            {known?.kind === 'number' ? (
              <Group gap="xs" grow flex={1}>
                <NumberInput
                  label={t('filter.from', { attribute })}
                  value={min ?? ''}
                  onChange={(value) => put(at, { ...condition, min: numberOf(value) })}
                />
                <NumberInput
                  label={t('filter.to', { attribute })}
                  value={max ?? ''}
                  onChange={(value) => put(at, { ...condition, max: numberOf(value) })}
                />
              </Group>
            ) : (
              <MultiSelect
                flex={1}
                miw={0}
                label={attribute}
                placeholder={values.length === 0 ? t('filter.any') : ''}
                data={[...(known?.values.keys() ?? [])].sort()}
                value={[...values]}
                searchable
                hidePickedOptions
                onChange={(next) => put(at, { ...condition, values: next })}
              />
            )}
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t('filter.remove', { attribute })}
              onClick={() => put(at, null)}
            >
              <Icon name="close" size={16} />
            </ActionIcon>
          </Group>
        )
      })}
      {free.length > 0 && (
        <Select
          label={t('filter.add')}
          placeholder={t('filter.attribute')}
          data={free.map(({ name }) => name)}
          value={null}
          onChange={(attribute) => {
            if (attribute === null) return
            const added = { attribute, values: [], min: undefined, max: undefined }
            onChange({ ...choice, conditions: [...conditions, added] })
          }}
        />
      )}
    </Stack>
  )
}

function numberOf(value: number | string): number | undefined {
  return value === '' || !Number.isFinite(Number(value)) ? undefined : Number(value)
}
