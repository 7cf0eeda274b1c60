/** Colours and shapes. The shades of `sea` are dark enough for text of the seventh on white, and for white text on it. */
import { createTheme, type CSSVariablesResolver } from '@mantine/core'

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

/** Mantine's quieter colours fall below a contrast of 4.5; these do not. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5b6269',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': '#b91c1c',
  },
  dark: {
    '--mantine-color-dimmed': '#a9a9a9',
    '--mantine-color-placeholder': '#9a9a9a',
    '--mantine-color-error': '#ff9b9b',
  },
})
