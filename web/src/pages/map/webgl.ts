/** Points in one draw call of WebGL 2. Shaders are text that the driver compiles, so no code is generated that a strict policy forbids. */
import { grounds, rgbOf } from './palette.ts'
import { FAINT, type PointRenderer, type Scene } from './renderer.ts'

const vertexShader = `#version 300 es
layout(location = 0) in vec2 origin;
layout(location = 1) in vec2 target;
layout(location = 2) in uint code;
layout(location = 3) in uint mark;
uniform vec4 view; // x, y, and what a unit is in clip space
uniform float t, size;
uniform int pass; // 0: all; 1: unmarked, faint; 2: marked
uniform vec3 ground;
uniform sampler2D palette;
out vec3 colour;
void main() {
  vec2 at = (mix(origin, target, t) - view.xy) * view.zw;
  bool drawn = code != 255u && (pass == 0 || (pass == 2) == (mark == 1u));
  gl_Position = drawn ? vec4(at, 0, 1) : vec4(2, 2, 2, 1);
  gl_PointSize = pass == 2 ? size * 1.25 : size;
  colour = texelFetch(palette, ivec2(int(code), 0), 0).rgb;
  if (pass == 1) colour = mix(ground, colour, ${FAINT.toFixed(2)});
}`

const fragmentShader = `#version 300 es
precision mediump float;
in vec3 colour;
out vec4 pixel;
void main() {
  vec2 d = gl_PointCoord - 0.5;
  if (dot(d, d) > 0.25) discard;
  pixel = vec4(colour, 1);
}`

/** Null where the browser has no WebGL 2, or has lost it. */
export function webglRenderer(canvas: HTMLCanvasElement, onLost: () => void): PointRenderer | null {
  const gl = canvas.getContext('webgl2', { antialias: false, alpha: false, preserveDrawingBuffer: false })
  if (!gl) return null
  const program = link(gl)
  if (!program) return null
  const lost = (event: Event): void => {
    event.preventDefault()
    onLost()
  }
  canvas.addEventListener('webglcontextlost', lost)
  const uniform = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name)
  const [view, t, size, pass, ground] = ['view', 't', 'size', 'pass', 'ground'].map(uniform)
  const buffers = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer(), gl.createBuffer()] as const
  const texture = gl.createTexture()
  let count = 0
  let marked = false

  function put(location: number, data: Float32Array | Uint8Array): void {
    gl!.bindBuffer(gl!.ARRAY_BUFFER, buffers[location])
    gl!.bufferData(gl!.ARRAY_BUFFER, data, gl!.DYNAMIC_DRAW)
    gl!.enableVertexAttribArray(location)
    if (data instanceof Float32Array) gl!.vertexAttribPointer(location, 2, gl!.FLOAT, false, 0, 0)
    else gl!.vertexAttribIPointer(location, 1, gl!.UNSIGNED_BYTE, 0, 0)
  }

  return {
    kind: 'webgl',
    setPoints(from, to) {
      count = to.length / 2
      put(0, from)
      put(1, to)
    },
    setCodes: (codes) => put(2, codes),
    setMarks(marks) {
      marked = marks !== null
      put(3, marks ?? new Uint8Array(count))
    },
    setPalette(colours) {
      gl.bindTexture(gl.TEXTURE_2D, texture)
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colours)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
    },
    draw(scene: Scene) {
      const ratio = canvas.width / scene.view.width
      const [r, g, b] = rgbOf(grounds[scene.scheme]).map((value) => value / 255) as [number, number, number]
      gl.viewport(0, 0, canvas.width, canvas.height)
      gl.clearColor(r, g, b, 1)
      gl.clear(gl.COLOR_BUFFER_BIT)
      if (count === 0) return
      gl.useProgram(program)
      gl.uniform4f(
        view,
        scene.view.x,
        scene.view.y,
        (2 * scene.view.scale) / scene.view.width,
        (2 * scene.view.scale) / scene.view.height,
      )
      gl.uniform3f(ground, r, g, b)
      gl.uniform1f(t, scene.t)
      gl.uniform1f(size, scene.size * ratio)
      for (const number of marked ? [1, 2] : [0]) {
        gl.uniform1i(pass, number)
        gl.drawArrays(gl.POINTS, 0, count)
      }
    },
    dispose() {
      canvas.removeEventListener('webglcontextlost', lost)
      for (const buffer of buffers) gl.deleteBuffer(buffer)
      gl.deleteTexture(texture)
      gl.deleteProgram(program)
    },
  }
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(type)
    if (!shader) return null
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null
}
