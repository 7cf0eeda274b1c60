/** Menu, head and the page in between. */
import { AppShell, Burger, Button, Group, NavLink, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Route, Routes, useLocation } from 'react-router'
import { useKeyState } from '../api/key.ts'
import { Icon } from '../ui/icons.tsx'
import { PageHead } from '../ui/page.tsx'
import { Catch, Empty, Loading } from '../ui/states.tsx'
import { KeyPage } from './key-page.tsx'
import { pages } from './pages.ts'
import { Switches } from './switches.tsx'

export function Layout() {
  const { t } = useTranslation()
  const [opened, menu] = useDisclosure(false)
  const { pathname } = useLocation()
  const { asked } = useKeyState()
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#content" className="skip-link">
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('menu')}
              aria-expanded={opened}
            />
            <Group gap={8} wrap="nowrap">
              <img src="/icon.svg" alt="" width={24} height={24} />
              <Text fw={700}>{t('name')}</Text>
            </Group>
          </Group>
          <Switches />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('menu')} mod={{ closed: !opened }}>
        {pages.map(({ key, path, icon }) => (
          <NavLink
            key={key}
            component={Link}
            to={path}
            label={t(`pages.${key}`)}
            leftSection={<Icon name={icon} />}
            active={belongs(pathname, path)}
            aria-current={belongs(pathname, path) ? 'page' : undefined}
            onClick={menu.close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {asked ? <KeyPage /> : <Pages />}
      </AppShell.Main>
    </AppShell>
  )
}

function Pages() {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const broken = () => (
    <Empty
      title={t('failure.page')}
      action={<Button onClick={() => location.reload()}>{t('reload')}</Button>}
    >
      {t('failure.pageTodo')}
    </Empty>
  )
  return (
    <Catch key={pathname.split('/')[1]} fallback={broken}>
      <Suspense fallback={<Loading height={400} />}>
        <Routes>
          {pages.map(({ key, path, Component }) => (
            <Route key={key} path={path === '/' ? '/' : `${path}/*`} element={<Component />} />
          ))}
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </Catch>
  )
}

function NotFound() {
  const { t } = useTranslation()
  return (
    <Stack>
      <PageHead title={t('notFound.title')} lead={t('notFound.todo')} />
      <Button component={Link} to="/" w="fit-content">
        {t('toOverview')}
      </Button>
    </Stack>
  )
}

function belongs(pathname: string, path: string): boolean {
  return path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`)
}
