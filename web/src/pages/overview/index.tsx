import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { PageHead } from '../../ui/page.tsx'
import { Failure, Loading } from '../../ui/states.tsx'

export default function Page() {
  const { t } = useTranslation('overview')
  const models = useQuery({ queryKey: ['models'], queryFn: () => client().models() })
  return (
    <>
      <PageHead title={t('title')} />
      {models.isPending && <Loading />}
      {models.isError && <Failure error={models.error} retry={() => void models.refetch()} />}
    </>
  )
}
