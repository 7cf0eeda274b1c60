/**
 * Whether to draw points with WebGL: not where there is none, and not where it is a processor that pretends to be a graphics card, since
 * setting pixels ourselves is then twice as fast (100,000 points).
 */
export type Drawing = 'webgl' | 'missing' | 'software'

export function chooseDrawing(): Drawing {
  const gl = document.createElement('canvas').getContext('webgl2')
  if (!gl) return 'missing'
  const names = gl.getExtension('WEBGL_debug_renderer_info')
  const renderer = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  // The browser allows only so many contexts at once.
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  return /swiftshader|llvmpipe|software/i.test(renderer) ? 'software' : 'webgl'
}
