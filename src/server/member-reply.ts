/** Members of a segment or an audience as a download. */
import type { FastifyReply } from 'fastify'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  type MemberFormat,
  memberLines,
  type Members,
  memberTypes,
  writeMembersParquet,
} from '../workspace/member-files.ts'

/** Answers all members as a file called `name`, with the ending of its format. */
export async function sendMembers(
  reply: FastifyReply,
  name: string,
  members: Members,
  format: MemberFormat,
): Promise<FastifyReply> {
  reply.type(memberTypes[format])
  reply.header('content-disposition', `attachment; filename="${name}.${format}"`)
  if (format !== 'parquet') return reply.send(Readable.from(memberLines(members, format)))
  const folder = await mkdtemp(join(tmpdir(), 'homophily-'))
  try {
    const path = join(folder, 'members.parquet')
    await writeMembersParquet(path, members)
    const stream = createReadStream(path)
    stream.on('close', () => void rm(folder, { recursive: true, force: true }))
    return reply.send(stream)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
