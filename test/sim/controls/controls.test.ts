import { expect, test } from 'bun:test'
import { controls } from './index.ts'
import type { tryControl } from './try-control.ts'

// Two at a time: each is a process of its own.
const lanes = 2
const verdicts = new Map<string, ReturnType<typeof tryControl>>()
const lane = Promise.resolve()
