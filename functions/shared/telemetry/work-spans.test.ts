import { tracingChannel } from 'node:diagnostics_channel'
import { trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { traceWork } from './work-spans.ts'

test('ioredis describes its commands only while a request is traced', () => {
  const commands = tracingChannel('ioredis:command')
  const { requestBegins, requestEnds } = traceWork(trace.getTracer('test'))
  const isAsked = () => commands.hasSubscribers
  const seen = [requestBegins, requestBegins, requestEnds, requestEnds, requestBegins, requestEnds].map(
    step => {
      step()
      return isAsked()
    },
  )
  expect(seen).toEqual([true, true, true, false, true, false])
})
