/** The time, told every second while `running`. */
import { useInterval } from '@mantine/hooks'
import { useEffect, useState } from 'react'

export function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  const { start, stop } = useInterval(() => setNow(Date.now()), 1000)
  useEffect(() => {
    if (!running) return undefined
    start()
    return stop
  }, [running, start, stop])
  return now
}
