/**
 * The pages, in the order of the menu. A page is a folder of web/src/pages whose index.tsx exports a component by default, and a file of
 * texts by the same name in each language; each is loaded when it is first opened.
 */
import { type ComponentType, lazy } from 'react'
import type { IconName } from '../ui/icons.tsx'

export interface Page {
  /** The name of its texts, and of its entry in the menu. */
  readonly key: (typeof keys)[number]
  /** Where it is; everything below belongs to it, too. */
  readonly path: string
  readonly icon: IconName
  readonly Component: ComponentType
}

const keys = ['overview', 'map', 'segments', 'lookalikes', 'explorer', 'models', 'jobs', 'import'] as const

export const pages: readonly Page[] = [
  {
    key: 'overview',
    path: '/',
    icon: 'overview',
    Component: lazy(() => import('../pages/overview/index.tsx')),
  },
  { key: 'map', path: '/map', icon: 'map', Component: lazy(() => import('../pages/map/index.tsx')) },
  {
    key: 'segments',
    path: '/segments',
    icon: 'segments',
    Component: lazy(() => import('../pages/segments/index.tsx')),
  },
  {
    key: 'lookalikes',
    path: '/lookalikes',
    icon: 'lookalikes',
    Component: lazy(() => import('../pages/lookalikes/index.tsx')),
  },
  {
    key: 'explorer',
    path: '/explorer',
    icon: 'explorer',
    Component: lazy(() => import('../pages/explorer/index.tsx')),
  },
  {
    key: 'models',
    path: '/models',
    icon: 'models',
    Component: lazy(() => import('../pages/models/index.tsx')),
  },
  { key: 'jobs', path: '/jobs', icon: 'jobs', Component: lazy(() => import('../pages/jobs/index.tsx')) },
  {
    key: 'import',
    path: '/import',
    icon: 'import',
    Component: lazy(() => import('../pages/import/index.tsx')),
  },
]
