import { defaultSurface } from '../scopes/catalogue.js';
import curl from './curl.sh?raw';
import express from './express.mjs?raw';
import flask from './flask.py?raw';
import type { Language } from './languages.js';
import laravel from './laravel.php?raw';
import node from './node.mjs?raw';
import rails from './rails.rb?raw';
import spring from './spring.java?raw';

/** The backend of Courier's "How to Send a JWT from Your Backend" in one language, as it is pasted into an application. */
export interface Snippet {
  /** Where it is saved. */
  file: string;
  /** Besides COURIER_API_KEY in the environment. */
  needs: string;
  /** Where such an app listens while it is developed. */
  port: number;
  /** The headers that make a session. */
  session: string[];
  text: string;
}

/** With the how-to's scopes, once in each. */
export const snippets: Record<Language, Snippet> = {
  express: {
    file: 'courier-token.mjs',
    needs: 'Node 20, Express 4 or 5, a session',
    port: 3000,
    session: ['Cookie'],
    text: express,
  },
  flask: { file: 'courier_token.py', needs: 'Flask 2 or 3', port: 5000, session: ['Cookie'], text: flask },
  spring: {
    file: 'CourierTokenController.java',
    needs: 'Java 11, Spring Boot 2 or later',
    port: 8080,
    session: ['Cookie'],
    text: spring,
  },
  laravel: {
    file: 'app/Http/Controllers/CourierTokenController.php',
    needs: 'PHP 8, Laravel 8 or later',
    port: 8000,
    session: ['Cookie', 'X-CSRF-TOKEN'],
    text: laravel,
  },
  rails: {
    file: 'app/controllers/courier_token_controller.rb',
    needs: 'Rails 6.1 or later',
    port: 3000,
    session: ['Cookie', 'X-CSRF-Token'],
    text: rails,
  },
  node: {
    file: 'courier-token.mjs',
    needs: 'Node 20, a session of your own',
    port: 3000,
    session: ['Cookie'],
    text: node,
  },
  curl: {
    file: 'courier-token.sh',
    needs: "curl 7.55, a web server's sign-in for CGI",
    port: 8080,
    session: ['Authorization'],
    text: curl,
  },
};

/** The snippet of a language, for tokens with these scopes; `user_id:` is put before them where it runs. */
export function snippetFor({ language, scopes }: { language: Language; scopes: string[] }): Snippet {
  const { text, ...snippet } = snippets[language];
  return { ...snippet, text: text.replace(defaultSurface.required.join(' '), scopes.join(' ')) };
}
