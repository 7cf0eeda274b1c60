import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

/** How the service begins the name of an attribute of items that a user chooses. */
const LIKES = 'likes '

/** An attribute and its value in words. */
export function useTrait(): (attribute: string, value: string) => string {
  const { t } = useTranslation('segments')
  return useCallback(
    (attribute, value) =>
      attribute.startsWith(LIKES)
        ? t('trait.likes', { attribute: attribute.slice(LIKES.length), value })
        : t('trait.has', { attribute, value }),
    [t],
  )
}
