import { similar } from '../scopes/similar.js';

/** Those of Courier's "How to Send a JWT from Your Backend", its Node.js as Express; and two without a framework. */
export const languages = ['express', 'flask', 'spring', 'laravel', 'rails', 'node', 'curl'] as const;

export type Language = (typeof languages)[number];

/** What people call a language of snippets, and frameworks that one of them comes nearest to. */
const otherLanguages: Record<Language, string[]> = {
  express: ['expressjs', 'js', 'javascript', 'ts', 'typescript', 'nest', 'nestjs'],
  flask: ['python', 'python3', 'py', 'django', 'fastapi'],
  spring: ['java', 'kotlin', 'spring-boot', 'springboot'],
  laravel: ['php', 'symfony'],
  rails: ['ruby', 'rb', 'ror', 'ruby-on-rails', 'sinatra'],
  node: ['nodejs', 'node.js', 'http', 'fastify', 'koa', 'hono', 'next', 'nextjs'],
  curl: ['sh', 'bash', 'shell', 'zsh', 'cgi'],
};

/** The language of a snippet that was probably meant. */
export function languageMeant(word: string): string | undefined {
  const lower = word.toLowerCase();
  return languages.find((one) => otherLanguages[one].includes(lower)) ?? similar(lower, [...languages]);
}
