/** What tests do with the map on its page, and what they see there. */
import type { Page } from 'playwright-core'

/** A line around everything on the map. */
export async function lassoAll(page: Page): Promise<void> {
  const map = page.getByRole('application')
  await map.scrollIntoViewIfNeeded()
  const { x, y, width, height } = (await map.boundingBox())!
  const bottom = Math.min(y + height - 3, 796)
  await page.mouse.move(x + 3, y + 3)
  await page.mouse.down()
  for (const [toX, toY] of [
    [x + width - 3, y + 3],
    [x + width - 3, bottom],
    [x + 3, bottom],
    [x + 3, y + 8],
  ] as const) {
    await page.mouse.move(toX, toY, { steps: 4 })
  }
  await page.mouse.up()
}

/** In the page: takes WebGL away from the map, as a driver that is reset does. */
export function loseWebGL(): void {
  const { document } = globalThis as unknown as {
    document: {
      querySelector: (selector: string) => {
        getContext: (kind: string) => { getExtension: (name: string) => { loseContext: () => void } }
      }
    }
  }
  document.querySelector('canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()
}

/** The share of a picture's pixels that are neither grey, black nor white. */
export async function colouredShare(page: Page, png: Buffer): Promise<number> {
  return (await sharesOf(page, png)).coloured
}

/** The share of those that are a middling grey, as points without a colour are. */
export async function greyShare(page: Page, png: Buffer): Promise<number> {
  return (await sharesOf(page, png)).grey
}

function sharesOf(page: Page, png: Buffer): Promise<{ coloured: number; grey: number }> {
  return page.evaluate(async (base64) => {
    const { createImageBitmap, OffscreenCanvas, Blob, Uint8Array } = globalThis as unknown as {
      createImageBitmap: (blob: unknown) => Promise<{ width: number; height: number }>
      OffscreenCanvas: new (
        width: number,
        height: number,
      ) => {
        getContext: (kind: '2d') => {
          drawImage: (image: unknown, x: number, y: number) => void
          getImageData: (x: number, y: number, w: number, h: number) => { data: Uint8ClampedArray }
        }
      }
      Blob: new (parts: unknown[], options: { type: string }) => unknown
      Uint8Array: typeof globalThis.Uint8Array
    }
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0)!)
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    let coloured = 0
    let grey = 0
    for (let k = 0; k < data.length; k += 4) {
      const most = Math.max(data[k], data[k + 1], data[k + 2])
      const range = most - Math.min(data[k], data[k + 1], data[k + 2])
      if (range > 40) coloured++
      else if (range < 12 && most > 140 && most < 180) grey++
    }
    const pixels = data.length / 4
    return { coloured: coloured / pixels, grey: grey / pixels }
  }, png.toString('base64'))
}
