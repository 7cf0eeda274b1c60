/** The small graph around a user, drawn by sigma, and the same in words. */
import { Group, List, Stack, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { UndirectedGraph } from 'graphology'
import type { Surroundings } from 'homophily/client'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Sigma } from 'sigma'
import { client } from '../../api/queries.ts'
import { useColours } from '../../ui/colours.ts'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { place } from './layers.ts'

const HEIGHT = 440
const roles = ['self', 'history', 'person', 'recommended'] as const

export default function Around({ user }: { readonly user: string }) {
  const { t } = useTranslation('explorer')
  const around = useQuery({
    queryKey: ['surroundings', user],
    queryFn: () => client().surroundings(user, { n: 6, items: 10, people: 6 }),
  })
  if (around.isError) return <Failure error={around.error} retry={() => void around.refetch()} />
  if (!around.data) return <Loading height={HEIGHT} />
  if (around.data.edges.length === 0) return <Empty title={t('graph.none')} />
  return <Drawn surroundings={around.data} />
}

function Drawn({ surroundings }: { readonly surroundings: Surroundings }) {
  const { t } = useTranslation('explorer')
  const { ref: frame, width } = useElementSize()
  const box = useRef<HTMLDivElement>(null)
  // Without WebGL there is the same in words.
  const [can] = useState(() => document.createElement('canvas').getContext('webgl2') !== null)
  const { series, text, edge, background } = useColours()

  useEffect(() => {
    if (!box.current || width === 0) return undefined
    const narrow = width < 600
    const colour = (role: (typeof roles)[number]): string => series[roles.indexOf(role)]
    const graph = new UndirectedGraph()
    // Sigma keeps proportions: the picture gets those of its frame.
    place(surroundings, width / HEIGHT).forEach(({ x, y }, at) => {
      const { id, role } = surroundings.nodes[at]
      graph.addNode(at, { x, y, label: id, size: role === 'self' ? 11 : 7, color: colour(role) })
    })
    for (const { source, target } of surroundings.edges) {
      graph.mergeEdge(source, target, { color: edge, size: 1 })
    }
    const sigma = new Sigma(graph, box.current, {
      // While the page is laid out anew or left, the box may have no width for a frame.
      allowInvalidContainer: true,
      labelColor: { color: text },
      labelSize: narrow ? 10 : 12,
      labelRenderedSizeThreshold: 0,
      labelDensity: 10,
      stagePadding: narrow ? 30 : 60,
      // Columns are close on a phone: names stand above their places.
      defaultDrawNodeLabel(context, data, settings) {
        if (!data.label) return
        context.font = `${settings.labelSize}px ${settings.labelFont}`
        context.fillStyle = text
        context.textAlign = narrow ? 'center' : 'start'
        if (narrow) context.fillText(data.label, data.x, data.y - data.size - 3)
        else context.fillText(data.label, data.x + data.size + 3, data.y + settings.labelSize / 3)
      },
      defaultDrawNodeHover: (context, data, settings) => {
        context.textAlign = 'start'
        context.font = `600 ${settings.labelSize}px ${settings.labelFont}`
        const width = context.measureText(data.label ?? '').width
        context.fillStyle = background
        context.fillRect(data.x + data.size + 1, data.y - 9, width + 6, 18)
        context.fillStyle = text
        context.fillText(data.label ?? '', data.x + data.size + 3, data.y + 4)
      },
    })
    let near: ReadonlySet<string> | null = null
    sigma.setSetting('edgeReducer', (edge, data) =>
      near && !graph.extremities(edge).every((node) => near?.has(node))
        ? { ...data, hidden: true }
        : near
          ? { ...data, color: text, size: 2 }
          : data,
    )
    const look = (node: string | null): void => {
      near = node === null ? null : new Set([node, ...graph.neighbors(node)])
      sigma.refresh({ skipIndexation: true })
    }
    sigma.on('enterNode', ({ node }) => look(node))
    sigma.on('leaveNode', () => look(null))
    // The wheel scrolls the page.
    sigma.getMouseCaptor().on('wheel', (event) => event.preventSigmaDefault())
    return () => sigma.kill()
  }, [surroundings, series, text, edge, background, width])

  return (
    <Stack gap="xs" ref={frame}>
      <Group gap="md">
        {roles.map((role, at) => (
          <Group key={role} gap={6}>
            <svg width={12} height={12} aria-hidden="true">
              <circle cx={6} cy={6} r={5} fill={series[at]} />
            </svg>
            <Text size="sm">{t(`graph.roles.${role}`)}</Text>
          </Group>
        ))}
      </Group>
      {!can ? (
        <Text c="dimmed">{t('graph.cannot')}</Text>
      ) : (
        <div
          ref={box}
          role="img"
          aria-label={t('graph.description')}
          data-testid="graph"
          style={{ height: HEIGHT, width: '100%' }}
        />
      )}
      <Words surroundings={surroundings} />
    </Stack>
  )
}

/** Each person with what they share and what they lead to. */
function Words({ surroundings: { nodes, edges } }: { readonly surroundings: Surroundings }) {
  const { t } = useTranslation('explorer')
  const people = nodes.flatMap(({ id, role }, at) => {
    if (role !== 'person') return []
    const own = edges.filter(({ source }) => source === at).map(({ target }) => nodes[target])
    const ids = (wanted: string): string =>
      own
        .filter(({ role }) => role === wanted)
        .map(({ id }) => id)
        .join(', ')
    return [{ id, shared: ids('history'), leads: ids('recommended') }]
  })
  if (people.length === 0) return <Text c="dimmed">{t('graph.nobody')}</Text>
  return (
    <details>
      <summary>{t('graph.words')}</summary>
      <List size="sm" mt="xs">
        {people.map(({ id, shared, leads }) => (
          <List.Item key={id} className="id">
            {t('graph.person', { id, shared, leads })}
          </List.Item>
        ))}
      </List>
    </details>
  )
}
