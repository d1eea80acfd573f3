import { describePages, english, german } from '../test-support/describe-pages.ts'

// What people meet on their way in, where it is tight and its words are long. `pages-in-a-browser.long.test.ts` looks at every page, in both.
describePages(german, ['sign-in', 'wrong-password', 'consent', 'set-up', 'set-up-refused', 'sign-out', 'error'])
describePages(english, ['sign-in'])
