import { startService } from '../src/http-service.ts';

const lines = [
  'Mugs, two for one',
  'Watches that wait for you',
  'Loafers for slow mornings',
  'A jar for everything',
];

startService({
  'GET /ads': () => ({ text: lines[Math.floor(Math.random() * lines.length)] }),
});
