/** The id of a user, leading to what they did and what they would be shown. */
import { Anchor } from '@mantine/core'
import { Link } from 'react-router'

export const pathOfUser = (id: string): string => `/explorer/${encodeURIComponent(id)}`

export function UserLink({ id }: { readonly id: string }) {
  return (
    <Anchor component={Link} to={pathOfUser(id)} size="sm" className="id">
      {id}
    </Anchor>
  )
}
