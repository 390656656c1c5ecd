// The people and posts of blog.yaml, in which an author or a reader is a username.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { parse } from 'yaml'

const Person = v.object({
  username: v.string(),
  displayName: v.string(),
  bio: v.string(),
  location: v.string(),
  follows: v.array(v.string()),
})
const Post = v.object({
  author: v.string(),
  language: v.string(),
  title: v.string(),
  body: v.string(),
  tags: v.array(v.string()),
  daysAgo: v.number(),
  /** The name that its picture is drawn from; some posts have none. */
  picture: v.optional(v.string()),
  favoriteOf: v.array(v.string()),
  comments: v.array(v.tuple([v.string(), v.string()])),
})
const Blog = v.object({ people: v.array(Person), posts: v.array(Post) })

export type Person = v.InferOutput<typeof Person>
export type Post = v.InferOutput<typeof Post>

const file = join(import.meta.dirname, 'blog.yaml')
export const { people, posts } = v.parse(Blog, parse(readFileSync(file, 'utf8')))

/** Of every account of the demo. */
export const demoPassword = 'a long walk by the sea'
export const emailOf = (username: string) => `${username}@example.com`
