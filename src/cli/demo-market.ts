/** The sample marketplace in the store of a service: its users, items and events, in two periods. */
import type { MarketplaceAudience } from '../data/sample-audience.ts'
import type { Store } from '../workspace/store/store.ts'

/** Every so many events is a purchase. */
const BOUGHT = 7
/** Events of one statement: nobody waits long for another's. */
const CHUNK = 5000

/** What the items are. */
export async function storeItems(store: Store, { itemAttributes }: MarketplaceAudience): Promise<void> {
  await store.entities.put('item', itemAttributes.map(entityOf))
}

/**
 * What happened in one of the periods, and what the users are in it.
 *
 * @param shift milliseconds by which all of it happened later than it was generated
 */
export async function storePeriod(
  store: Store,
  { plan: { users, items }, periods }: MarketplaceAudience,
  number: 0 | 1,
  shift = 0,
): Promise<void> {
  const { events, userAttributes } = periods[number]
  const { userRows, itemRows, times } = events
  await store.entities.put('user', userAttributes.map(entityOf))
  // A shop learns of events as they happen.
  const order = Array.from(times, (_, row) => row).sort((a, b) => times[a] - times[b])
  for (let start = 0; start < order.length; start += CHUNK) {
    await store.events.append(
      order.slice(start, start + CHUNK).map((row) => ({
        id: `sample-${number}-${row}`,
        user: users.id(userRows[row]),
        item: items.id(itemRows[row]),
        type: row % BOUGHT === 0 ? 'buy' : 'view',
        weight: 1,
        time: times[row] + shift,
        recommendation: null,
      })),
    )
  }
}

function entityOf({ id, ...attributes }: { readonly id: string }) {
  return { id, attributes }
}
