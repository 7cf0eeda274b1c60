/** What a page shows while it has nothing else: it loads, it failed, there is nothing. Each says what to do. */
import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core'
import { ServiceError } from 'homophily/client'
import { Component, type ErrorInfo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './icons.tsx'

/** Keeps the place of what comes, so that nothing moves when it is there. */
export function Loading({ height = 160 }: { readonly height?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('loading')}>
      <Skeleton height={height} />
    </div>
  )
}

/** What went wrong, in the words of the service, and a way to try again. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { t } = useTranslation()
  const problem = error instanceof ServiceError ? error.problem : null
  return (
    <Alert color="red" icon={<Icon name="warning" />} title={t(titleOf(error))} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" className="id">
          {error instanceof ServiceError ? error.message : t('failure.unreachableTodo')}
        </Text>
        {problem?.issues?.map(({ path, detail }) => (
          <Text size="sm" key={`${path} ${detail}`} className="id">
            {path}: {detail}
          </Text>
        ))}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t('tryAgain')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

function titleOf(error: unknown) {
  if (!(error instanceof ServiceError)) return 'failure.unreachable'
  if (error.status === 403) return 'failure.role'
  if (error.status === 404) return 'failure.missing'
  return error.status >= 500 ? 'failure.inside' : 'failure.refused'
}

/** There is nothing to show yet: why, and the way to something. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Text c="dimmed" component="span">
        <Icon name="empty" size={36} />
      </Text>
      <Title order={2} size="h4">
        {title}
      </Title>
      {children && (
        <Text c="dimmed" maw={520}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  )
}

/** Catches what a page throws while it draws: a bug, or a file of an older build that is gone. */
export class Catch extends Component<
  { readonly children: ReactNode; readonly fallback: (error: unknown) => ReactNode },
  { readonly error: unknown }
> {
  override state: { readonly error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error }
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack)
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : this.props.fallback(this.state.error)
  }
}
