/** Segments: groups of users, what sets each apart, and how they change. */
import { Route, Routes } from 'react-router'
import { ChangesPage } from './changes.tsx'
import { ComparePage } from './compare.tsx'
import { DetailPage } from './detail.tsx'
import { ListPage } from './list.tsx'

export default function Page() {
  return (
    <Routes>
      <Route index element={<ListPage />} />
      <Route path="compare" element={<ComparePage />} />
      <Route path="changes" element={<ChangesPage />} />
      <Route path=":id" element={<DetailPage />} />
    </Routes>
  )
}
