import * as v from 'valibot';
import { Refusal, errorAnswer, notFound } from '../answer.js';
import { isoOf } from '../clock.js';
import { brandId, object } from '../schema.js';
import type { Brand, World } from '../world.js';
import { type Parameters, type Route, bodyAs, noContent } from './route.js';

const nullable = v.optional(v.nullable(object), null);
const brandSchema = v.object({ name: v.pipe(v.string(), v.nonEmpty()), settings: nullable, snippets: nullable });
const newBrandSchema = v.object({ ...brandSchema.entries, id: v.optional(v.nullable(brandId)) });

const one = '/brands/:brand';
const reading = { by: 'token', scope: ({ brand }: Parameters) => `read:brands:${brand}` } as const;
const writing = { by: 'token', scope: ({ brand }: Parameters) => `write:brands:${brand}` } as const;

/** Source: https://www.courier.com/docs/api-reference/brands. */
export const brandRoutes: Route[] = [
  {
    method: 'GET',
    path: '/brands',
    access: { by: 'token', scope: 'read:brands' },
    answer: (_, { world }) => ({
      status: 200,
      body: { paging: { cursor: null, more: false }, results: world.brands.map(view) },
    }),
  },
  {
    method: 'POST',
    path: '/brands',
    access: { by: 'token', scope: 'write:brands' },
    answer: ({ body }, { world, newId, now }) => {
      const { id, ...given } = bodyAs(newBrandSchema, body);
      if (world.brands.some((brand) => brand.id === id))
        throw new Refusal(errorAnswer(409, `there is a brand ${id} already`));
      const brand = {
        ...given,
        ...stamps(now),
        id: id ?? newId(),
        created: Math.round(now * 1000),
        logo: null,
        links: null,
      };
      world.brands.push(brand);
      return { status: 200, body: view(brand) };
    },
  },
  {
    method: 'GET',
    path: one,
    access: reading,
    answer: ({ parameters }, { world }) => ({ status: 200, body: view(brandOf(world, parameters)) }),
  },
  {
    method: 'PUT',
    path: one,
    access: writing,
    answer: ({ parameters, body }, { world, now }) => {
      const brand = Object.assign(brandOf(world, parameters), bodyAs(brandSchema, body), stamps(now));
      return { status: 200, body: view(brand) };
    },
  },
  {
    method: 'DELETE',
    path: one,
    access: writing,
    answer: ({ parameters }, { world }) => {
      const brand = brandOf(world, parameters);
      world.brands = world.brands.filter((other) => other !== brand);
      return noContent;
    },
  },
];

function brandOf(world: World, { brand }: Parameters): Brand {
  const found = world.brands.find(({ id }) => id === brand);
  if (!found) throw notFound('Brand not found');
  return found;
}

function stamps(now: number) {
  const milliseconds = Math.round(now * 1000);
  return { updated: milliseconds, published: milliseconds, version: isoOf(now) };
}

function view({ logo: _, links: __, ...brand }: Brand) {
  return brand;
}
