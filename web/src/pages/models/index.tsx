import { useTranslation } from 'react-i18next'
import { PageHead } from '../../ui/page.tsx'

export default function Page() {
  const { t } = useTranslation('models')
  return <PageHead title={t('title')} />
}
