/** A map that is there: choosing colours, versions and users, looking at one of them, and making an audience of many. */
import { Alert, Group, Select, Slider, Stack, Text, useComputedColorScheme } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { MapCanvas, type MapHandle } from './canvas.tsx'
import { Details } from './details.tsx'
import { FindId } from './find-id.tsx'
import { Legend } from './legend.tsx'
import classes from './map.module.css'
import type { MadeMap } from './made-map.ts'
import { HIDDEN, paletteOf } from './palette.ts'
import { Remake } from './remake.tsx'
import { codesOf, colouringOf, labelOf, namesOf } from './scene.ts'
import { Selection } from './selection.tsx'
import { chooseDrawing, type Drawing } from './software.ts'
import { Tip } from './tip.tsx'
import { Tools } from './tools.tsx'
import { useAttributes } from './use-attributes.ts'
import { useScene } from './use-scene.ts'

const nothing: ReadonlySet<number> = new Set()

interface Chosen {
  readonly rows: readonly number[]
  /** How often the choice changed: what was saved of another one is not shown for this one. */
  readonly change: number
}

export function Explore({ map }: { readonly map: MadeMap }) {
  const { t } = useTranslation('map')
  const format = useFormat()
  const scheme = useComputedColorScheme('light')
  const [chosenVersion, setVersion] = useState<number | null>(null)
  const version = chosenVersion ?? map.version ?? map.versions.at(-1)!
  const [by, setBy] = useState(map.of === 'users' ? 'segment' : 'activity')
  const [off, setOff] = useState(nothing)
  const [{ rows, change }, setChosen] = useState<Chosen>({ rows: [], change: 0 })
  const [mode, setMode] = useState<'pan' | 'lasso'>('pan')
  const [focus, setFocus] = useState(-1)
  const [hovered, setHovered] = useState<{ row: number; x: number; y: number } | null>(null)
  const [drawing, setDrawing] = useState<Drawing>(chooseDrawing)
  const handle = useRef<MapHandle>(null)

  const { scene, current, error, retry } = useScene(map.name, version)
  const info = useQuery({
    queryKey: ['map', map.name, version, 'info'],
    queryFn: () => client().map(map.name, version),
    placeholderData: keepPreviousData,
  })
  const colours = useQuery({
    queryKey: ['map', map.name, version, 'colours', by],
    queryFn: () => client().mapColours(map.name, { by, version }),
    retry: false,
  })
  const { data: attributes = [], isError: noAttributes } = useAttributes(map.of)

  const count = (scene?.points.length ?? 0) / 2
  const colouring = useMemo(() => colouringOf(colours.data, count), [colours.data, count])
  const codes = useMemo(() => codesOf(colouring, off), [colouring, off])
  const palette = useMemo(
    () => paletteOf(colouring.kind === 'number' ? 'number' : 'category', scheme),
    [colouring.kind, scheme],
  )
  const names = useMemo(
    () => (scene && map.of === 'users' ? namesOf(colouring, scene.points, off) : []),
    [colouring, scene, off, map.of],
  )
  const marks = useMemo(() => {
    if (rows.length === 0) return null
    const marks = new Uint8Array(count)
    for (const row of rows) marks[row] = 1
    return marks
  }, [rows, count])
  const look = useMemo(
    () => ({ codes, palette, scheme, marks, names, focus }),
    [codes, palette, scheme, marks, names, focus],
  )

  const choose = useCallback(
    (next: readonly number[], add: boolean) =>
      setChosen((before) => ({
        rows: add ? [...new Set([...before.rows, ...next])].sort((a, b) => a - b) : next,
        change: before.change + 1,
      })),
    [],
  )
  const events = useMemo(
    () => ({
      onHover: setHovered,
      onPick: setFocus,
      onLasso: choose,
      onLost: () => setDrawing('software'),
    }),
    [choose],
  )
  /** Rows mean other users in another version. */
  function changeVersion(next: number): void {
    setVersion(next)
    choose([], false)
    setFocus(-1)
    setHovered(null)
  }

  if (error && !scene) return <Failure error={error} retry={retry} />
  if (!scene) return <Loading height={520} />
  const looked = hovered?.row ?? -1
  const kindLabel = by.startsWith('attribute:') ? by.slice('attribute:'.length) : t(by as 'segment')
  return (
    <Stack gap="md">
      <Group align="flex-end" gap="sm">
        <Select
          label={t('colourBy')}
          value={by}
          onChange={(next) => {
            setBy(next ?? by)
            setOff(nothing)
          }}
          allowDeselect={false}
          searchable={attributes.length > 8}
          error={noAttributes ? t('attributesFailed') : undefined}
          data={[
            ...(map.of === 'users' ? [{ value: 'segment', label: t('segment') }] : []),
            { value: 'activity', label: t('activity') },
            ...attributes.map((name) => ({ value: `attribute:${name}`, label: name })),
          ]}
          w={{ base: '100%', xs: 200 }}
        />
        <FindId
          ids={scene.ids}
          onFound={(row) => {
            setFocus(row)
            handle.current?.lookAt(row)
          }}
        />
        <Tools mode={mode} onMode={setMode} handle={handle} />
      </Group>
      {map.versions.length > 1 && (
        <div>
          <Text size="sm" fw={500} id="map-version">
            {t('version', { version })}
            {info.data && ` · ${format.moment(Date.parse(info.data.created))}`}
          </Text>
          <Slider
            aria-labelledby="map-version"
            value={map.versions.indexOf(version)}
            onChange={(at) => changeVersion(map.versions[at])}
            min={0}
            max={map.versions.length - 1}
            marks={map.versions.map((one, value) => ({ value, label: one }))}
            label={null}
            thumbLabel={t('version', { version })}
            maw={420}
            mb="md"
          />
        </div>
      )}
      {colours.isError && <Failure error={colours.error} retry={() => void colours.refetch()} />}
      <div className={classes.columns}>
        <div className={classes.stage} aria-busy={!current}>
          <MapCanvas
            points={scene.points}
            from={scene.from}
            map={map.name}
            look={look}
            mode={mode}
            software={drawing !== 'webgl'}
            label={t(map.of === 'users' ? 'label.users' : 'label.items', {
              count,
              by: kindLabel,
            })}
            events={events}
            handle={handle}
          />
          {hovered && scene.ids?.[looked] !== undefined && (
            <Tip of={map.of} id={scene.ids[looked]} value={labelOf(colouring, looked)} {...hovered} />
          )}
        </div>
        <Stack gap="md" className={classes.side}>
          <Legend
            title={kindLabel}
            colouring={colouring}
            scheme={scheme}
            off={off}
            onOff={setOff}
            onChoose={() => choose(shownRows(codes), false)}
          />
          {focus >= 0 && scene.ids?.[focus] !== undefined && (
            <Details
              of={map.of}
              id={scene.ids[focus]}
              chosen={marks?.[focus] === 1}
              onAdd={() => choose([focus], true)}
              onClose={() => setFocus(-1)}
            />
          )}
          <Selection
            key={change}
            of={map.of}
            rows={rows}
            ids={scene.ids}
            colouring={colouring}
            onClear={() => choose([], false)}
          />
        </Stack>
      </div>
      {drawing === 'missing' && <Alert color="yellow">{t('noWebgl')}</Alert>}
      {info.data && (
        <Text size="sm" c="dimmed">
          {t('about', {
            count: info.data.count,
            space: info.data.space.name,
            spaceVersion: info.data.space.version,
          })}{' '}
          {info.data.neighbourhood &&
            t('preserved', {
              k: info.data.neighbourhood.k,
              preserved: format.share(info.data.neighbourhood.preserved),
            })}
        </Text>
      )}
      <Remake map={map} />
    </Stack>
  )
}

function shownRows(codes: Uint8Array): number[] {
  const rows: number[] = []
  for (const [row, code] of codes.entries()) if (code !== HIDDEN) rows.push(row)
  return rows
}
