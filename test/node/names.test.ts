import { expect, test } from 'bun:test'
import { quorumLoss } from '../../src/node/names.ts'

test('a missing minority is no loss', () => {
  expect(quorumLoss(['nova'], 3)).toBeNull()
  expect(quorumLoss(['nova', 'pi'], 5)).toBeNull()
})

test('a missing majority is named, with what still works', () => {
  expect(quorumLoss(['nova', 'pi'], 3)).toBe(
    'nova and pi do not answer, so 1 of 3 voters are left and 2 are needed. Reading goes on; nothing can be changed until one more of them is back.',
  )
  expect(quorumLoss(['nova'], 2)).toStartWith('nova does not answer')
})
