import { expect, test } from 'vitest'
import { clientName } from './client'

test('programs by the names that people know', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
  expect(clientName(chrome)).toBe('Chrome, Linux')
  expect(clientName(`${chrome} Edg/140.0`)).toBe('Edge, Linux')
  expect(clientName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1')).toBe(
    'Safari, iOS',
  )
  expect(clientName('Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox, Windows')
  expect(clientName('some-script/1')).toBe('some-script/1')
})
