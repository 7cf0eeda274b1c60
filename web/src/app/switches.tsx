/** Language, colours, and forgetting the key. */
import { ActionIcon, Button, Group, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { setKey, useKeyState } from '../api/key.ts'
import { queries } from '../api/queries.ts'
import { changeLanguage, type Language, languages } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'

export function Switches() {
  const { t, i18n } = useTranslation()
  const { key, asked } = useKeyState()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const other = scheme === 'dark' ? 'light' : 'dark'
  return (
    <Group gap="xs" wrap="nowrap">
      {key !== null && !asked && (
        <Button
          size="compact-sm"
          variant="subtle"
          visibleFrom="sm"
          onClick={() => {
            setKey(null)
            void queries.resetQueries()
          }}
        >
          {t('key.forget')}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" size="lg" color="gray" aria-label={t('language')}>
            <Icon name="language" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {(Object.entries(languages) as [Language, string][]).map(([language, name]) => (
            <Menu.Item
              key={language}
              lang={language}
              aria-current={i18n.language === language ? 'true' : undefined}
              fw={i18n.language === language ? 700 : undefined}
              onClick={() => void changeLanguage(language)}
            >
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ActionIcon
        variant="subtle"
        size="lg"
        color="gray"
        aria-label={t(`theme.${other}`)}
        onClick={() => setColorScheme(other)}
      >
        <Icon name={other === 'dark' ? 'moon' : 'sun'} />
      </ActionIcon>
    </Group>
  )
}
