/** What can be done with a segment. */
import { Alert, Anchor, Button, Group, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Segment } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { client } from '../../api/queries.ts'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { Failure } from '../../ui/states.tsx'

export function Actions({
  segment,
  version,
}: {
  readonly segment: Segment
  readonly version: number | undefined
}) {
  const { t } = useTranslation('segments')
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: () => client().createAudience({ name: segment.name, segment: { id: segment.id } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['audiences'] }),
  })
  const at = version === undefined ? '' : `&version=${version}`
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        <ExportMenu
          path={(format) => `/v1/segments/${segment.id}/members?format=${format}${at}`}
          name={segment.name}
        />
        <Button variant="default" component={Link} to={`/segments/compare?a=${segment.id}`}>
          {t('compare.this')}
        </Button>
        {version === undefined && (
          <Button
            variant="default"
            onClick={() => save.mutate()}
            loading={save.isPending}
            disabled={save.isSuccess}
          >
            {t('detail.audience')}
          </Button>
        )}
        <Button component={Link} to="/lookalikes" state={{ segment: segment.id }}>
          {t('detail.lookalikes')}
        </Button>
      </Group>
      {save.isError && <Failure error={save.error} />}
      {save.isSuccess && (
        <Alert color="sea" p="xs" role="status">
          {t('detail.saved', { name: save.data.name })}{' '}
          <Anchor component={Link} to="/lookalikes#audiences" size="sm">
            {t('detail.toAudiences')}
          </Anchor>
        </Alert>
      )}
    </Stack>
  )
}
