/** Colours and shapes. The shades of `sea` are dark enough for text of the seventh on white, and for white text on it. */
import { createTheme } from '@mantine/core'

const fontFamily = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif'

export const theme = createTheme({
  colors: {
    sea: [
      '#e8f6f3',
      '#d2ebe6',
      '#a4d6cc',
      '#72c0b1',
      '#4aad9a',
      '#2b9985',
      '#178370',
      '#0f7060',
      '#0a5b4e',
      '#05453b',
    ],
  },
  primaryColor: 'sea',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  fontFamily,
  headings: { fontFamily },
  cursorType: 'pointer',
  respectReducedMotion: true,
})
