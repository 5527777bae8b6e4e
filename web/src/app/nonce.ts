import { setNonce } from 'get-nonce'

/**
 * The nonce of this page, which styles made at run time must carry: Mantine asks for
 * it, and the scroll lock of dialogs takes it from get-nonce. Browsers hide the
 * attribute from selectors, hence the property.
 */
export const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? ''

if (nonce) setNonce(nonce)
