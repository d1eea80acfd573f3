/** The three machines of the demo. `program` is a module of `machines/` that serves the machine's own web interface. */
export interface DemoMachine {
  readonly id: string
  readonly name: string
  readonly customer: string
  readonly site: string
  readonly region: string
  readonly country: string
  readonly timeZone: string
  readonly productLine: string
  readonly model: string
  readonly program: './machines/press' | './machines/plate-setter' | './machines/workflow'
  readonly service: { readonly name: string; readonly title: string }
  readonly operators: readonly string[]
}

export const demoMachines: readonly DemoMachine[] = [
  {
    id: 'press-7',
    name: 'Press 7',
    customer: 'Druckhaus Berg',
    site: 'Heidelberg, hall 2',
    region: 'europe',
    country: 'DE',
    timeZone: 'Europe/Berlin',
    productLine: 'press',
    model: 'SX 102-8P',
    program: './machines/press',
    service: { name: 'hmi', title: 'Operating panel' },
    operators: ['Olga Neumann', 'Peter Weiss'],
  },
  {
    id: 'plates-3',
    name: 'Plate setter 3',
    customer: 'Druckhaus Berg',
    site: 'Heidelberg, prepress',
    region: 'europe',
    country: 'DE',
    timeZone: 'Europe/Berlin',
    productLine: 'plate-setter',
    model: 'CtP 106',
    program: './machines/plate-setter',
    service: { name: 'hmi', title: 'Plate queue' },
    operators: ['Olga Neumann'],
  },
  {
    id: 'flow-1',
    name: 'Workflow server 1',
    customer: 'Kyoto Print',
    site: 'Kyoto, server room',
    region: 'asia',
    country: 'JP',
    timeZone: 'Asia/Tokyo',
    productLine: 'workflow',
    model: 'WF 5',
    program: './machines/workflow',
    service: { name: 'web', title: 'Workflow' },
    operators: ['Yuki Tanaka'],
  },
]
