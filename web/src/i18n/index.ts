/** Languages: chosen by the browser, kept when somebody chooses another. Texts of one language are loaded as one file. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

export const languages = { en: 'English', 'zh-CN': '简体中文' } as const
export type Language = keyof typeof languages

const texts = {
  en: () => import('../locales/en/index.ts'),
  'zh-CN': () => import('../locales/zh-CN/index.ts'),
}
const KEPT = 'homophily.language'

/** The first language of `wanted` that there is: any Chinese is served with the simplified one. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const main = tag.toLowerCase().split('-')[0]
    if (main === 'zh') return 'zh-CN'
    if (main === 'en') return 'en'
  }
  return 'en'
}

export async function startLanguage(): Promise<void> {
  const kept = localStorage.getItem(KEPT)
  const language = pickLanguage(kept === null ? navigator.languages : [kept])
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: (await texts[language]()).default },
    fallbackLng: false,
    defaultNS: 'common',
    // React escapes.
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  document.documentElement.lang = language
}

export async function changeLanguage(language: Language): Promise<void> {
  for (const [name, strings] of Object.entries((await texts[language]()).default)) {
    i18next.addResourceBundle(language, name, strings)
  }
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  localStorage.setItem(KEPT, language)
}
