/** The oldest Node that has all that is used: `engines` of package.json. */
export const oldestNode = '22.18'

/** What is wrong with this version of Node, or null. Before anything is imported that an older one does not have. */
export function nodeComplaint(version: string): string | null {
  const [major, minor] = version.split('.').map(Number)
  const [leastMajor, leastMinor] = oldestNode.split('.').map(Number)
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return null
  return `homophily needs Node ${oldestNode} or newer; this is ${version}`
}
