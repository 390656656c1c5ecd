import { expect, test } from 'vitest'
import { add, noRequests, quantile, readRequests, since } from './queue-proxy.ts'

const page = (ok: number, failed: number) => `# HELP http_server_request_duration_seconds Duration
http_server_request_duration_seconds_bucket{http_response_status_code="200",url_scheme="ht\\"tp",le="0.005"} ${ok / 2}
http_server_request_duration_seconds_bucket{http_response_status_code="200",le="0.01"} ${ok}
http_server_request_duration_seconds_bucket{http_response_status_code="200",le="+Inf"} ${ok}
http_server_request_duration_seconds_count{http_response_status_code="200"} ${ok}
http_server_request_duration_seconds_bucket{http_response_status_code="503",le="0.005"} 0
http_server_request_duration_seconds_bucket{http_response_status_code="503",le="0.01"} 0
http_server_request_duration_seconds_bucket{http_response_status_code="503",le="+Inf"} ${failed}
http_server_request_duration_seconds_count{http_response_status_code="503"} ${failed}
http_server_request_body_size_bytes_count{http_response_status_code="503"} 1000
`

test('reads counts, failures and durations of all statuses together', () => {
  const read = readRequests(page(8, 2))
  expect(read).toMatchObject({ count: 10, failed: 2 })
  expect([...read.buckets]).toEqual([
    [0.005, 4],
    [0.01, 8],
    [Number.POSITIVE_INFINITY, 10],
  ])
})

test('the difference of two readings; a restarted pod begins at zero', () => {
  const before = readRequests(page(8, 2))
  expect(since(before, readRequests(page(20, 2)))).toMatchObject({ count: 12, failed: 0 })
  expect(since(before, readRequests(page(4, 0)))).toMatchObject({ count: 4, failed: 0 })
})

test('quantiles lie inside their bucket; beyond the last bound the result is that bound', () => {
  const read = add(noRequests, readRequests(page(8, 2)))
  expect(quantile(0.2, read)).toBeCloseTo(0.0025)
  expect(quantile(0.6, read)).toBeCloseTo(0.0075)
  expect(quantile(0.99, read)).toBe(0.01)
  expect(quantile(0.5, noRequests)).toBeUndefined()
})
