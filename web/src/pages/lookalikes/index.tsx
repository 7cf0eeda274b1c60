/** Look-alikes: from a few known users to an audience like them; and the audiences that were saved. */
import { Card, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { LookalikeRequest } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { client } from '../../api/queries.ts'
import { PageHead } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loading } from '../../ui/states.tsx'
import { Audiences } from './audiences.tsx'
import { Builder } from './builder.tsx'
import { Result } from './result.tsx'

/** Members in the answer: what is looked at here; files have all of them. */
const SHOWN = 200

export default function Page() {
  const { t } = useTranslation('lookalikes')
  const state = useLocation().state as { seeds?: string[]; segment?: string } | null
  const [recipe, setRecipe] = useState<LookalikeRequest | null>(null)
  const search = useMutation({
    mutationFn: (body: LookalikeRequest) => client().lookalikes({ ...body, n: SHOWN }),
    onMutate: setRecipe,
  })
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      <Stack gap="lg">
        <Card withBorder>
          <Builder
            seeds={state?.seeds ?? []}
            segment={state?.segment ?? null}
            busy={search.isPending}
            onSearch={(body) => search.mutate(body)}
          />
        </Card>
        {search.isError && <Failure error={search.error} retry={() => recipe && search.mutate(recipe)} />}
        {search.isPending && <Loading height={360} />}
        {search.isSuccess && recipe && (
          <Card withBorder>
            <Result key={search.submittedAt} result={search.data} recipe={recipe} />
          </Card>
        )}
        <div id="audiences">
          <Panel title={t('audiences.title')}>
            <Audiences />
          </Panel>
        </div>
      </Stack>
    </>
  )
}
