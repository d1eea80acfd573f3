import { describePages, english, german } from '../test-support/describe-pages.ts'

describePages(german)
describePages(english)
