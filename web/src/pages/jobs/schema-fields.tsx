/** Fields of a form made from a JSON Schema. What is not touched is not sent: the service has the defaults. */
import { Fieldset, JsonInput, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldOf, put, type Schema, type Values } from './schema.ts'

interface Props {
  readonly schema: Schema
  /** Properties that have fields elsewhere. */
  readonly except?: readonly string[]
  readonly values: Values
  readonly onChange: (values: Values) => void
}

export function SchemaFields({ schema, except = [], values, onChange }: Props) {
  const entries = Object.entries(schema.properties ?? {}).filter(([name]) => !except.includes(name))
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
      {entries.map(([name, property]) => (
        <SchemaField
          key={name}
          name={name}
          schema={property}
          needed={schema.required?.includes(name) ?? false}
          value={values[name]}
          onChange={(value) => onChange(put(values, name, value))}
        />
      ))}
    </SimpleGrid>
  )
}

interface FieldProps {
  readonly name: string
  readonly schema: Schema
  readonly needed: boolean
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

function SchemaField({ name, schema, needed, value, onChange }: FieldProps) {
  const { t } = useTranslation('jobs')
  const labels = t('fields', { returnObjects: true }) as Readonly<Record<string, string>>
  const placeholder =
    schema.default === undefined || typeof schema.default === 'object'
      ? t('form.none')
      : asText(schema.default)
  const common = {
    label: labels[name] ?? name,
    // The service says what it is in English.
    description: schema.description && <span lang="en">{schema.description}</span>,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as (
      'label' | 'input' | 'description' | 'error'
    )[],
    withAsterisk: needed,
  }
  const field = fieldOf(schema)
  switch (field.kind) {
    case 'number':
      return (
        <NumberInput
          {...common}
          placeholder={placeholder}
          value={typeof value === 'number' ? value : ''}
          allowDecimal={!field.whole}
          {...(field.min === undefined ? {} : { min: field.min })}
          {...(field.max === undefined ? {} : { max: field.max })}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
        />
      )
    case 'switch':
      return (
        <Switch
          label={common.label}
          description={common.description}
          checked={value === undefined ? schema.default === true : value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )
    case 'choice':
      return (
        <Select
          {...common}
          placeholder={placeholder}
          data={[...field.choices]}
          value={typeof value === 'string' ? value : null}
          clearable
          clearButtonProps={{ 'aria-label': t('form.clear', { field: common.label }) }}
          onChange={(next) => onChange(next ?? undefined)}
        />
      )
    case 'numberOr':
      return (
        <TextInput
          {...common}
          placeholder={placeholder}
          value={value === undefined ? '' : asText(value)}
          onChange={(event) => {
            const text = event.currentTarget.value
            onChange(text === '' ? undefined : Number.isFinite(Number(text)) ? Number(text) : text)
          }}
        />
      )
    case 'text':
      return (
        <TextInput
          {...common}
          placeholder={placeholder}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) =>
            onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)
          }
        />
      )
    case 'group':
      return (
        <Fieldset legend={common.label}>
          <Stack gap="xs">
            <Switch
              label={t('form.use')}
              description={common.description}
              checked={value !== undefined}
              onChange={(event) => onChange(event.currentTarget.checked ? {} : undefined)}
            />
            {value !== undefined && (
              <SchemaFields schema={field.schema} values={value as Values} onChange={onChange} />
            )}
          </Stack>
        </Fieldset>
      )
    case 'json':
      return <AsJson common={common} placeholder={placeholder} onChange={onChange} />
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function AsJson({
  common,
  placeholder,
  onChange,
}: {
  readonly common: Omit<Parameters<typeof JsonInput>[0], 'onChange'>
  readonly placeholder: string
  readonly onChange: (value: unknown) => void
}) {
  const { t } = useTranslation('jobs')
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(false)
  return (
    <JsonInput
      {...common}
      placeholder={placeholder}
      autosize
      minRows={1}
      value={text}
      error={wrong ? t('form.notJson') : null}
      onChange={(next) => {
        setText(next)
        try {
          onChange(next.trim() === '' ? undefined : (JSON.parse(next) as unknown))
          setWrong(false)
        } catch {
          setWrong(true)
        }
      }}
    />
  )
}
