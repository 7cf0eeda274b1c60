import { useTranslation } from 'react-i18next'

/** What a job is at, in words; methods may have steps of their own, which are said as they are called. */
export function usePhase(): (phase: string) => string {
  const { t } = useTranslation()
  const phases = t('job.phases', { returnObjects: true }) as Readonly<Record<string, string>>
  const told = (phase: string): string => {
    const [, run, runs, own] = RUN.exec(phase) ?? []
    return own ? t('job.run', { phase: told(own), run, runs }) : (phases[phase] ?? phase)
  }
  return told
}

/** Of one training among several. */
const RUN = /^run (\d+) of (\d+): (.+)$/u
