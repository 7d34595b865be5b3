import { readOptions } from './options.ts';

const read = (args: string[], environment = {}) => readOptions(args, environment, '/project');

describe('the options of npm start', () => {
  test('come from the command line, then the environment, then the defaults', () => {
    expect(
      read(['--port', '0', '--mode', 'single'], { SHOP_LOCAL_PORT: '99', SHOP_LOCAL_HOSTS: '3' }),
    ).toMatchObject({
      ports: { api: 0, console: 3001 },
      mode: 'single',
      hosts: 3,
      dataDir: '/project/.local',
      watch: true,
    });
    expect(read(['--no-watch', '--data-dir', 'data'], { SHOP_LOCAL_SEED: 'off' })).toMatchObject({
      watch: false,
      seed: false,
      dataDir: '/project/data',
    });
  });

  test('are undefined for --help', () => {
    expect(read(['--help'])).toBeUndefined();
  });

  test.each([
    [['--port', 'eighty'], '--port takes an integer from 0 to 65535, not eighty.'],
    [['--port', '70000'], '--port takes an integer'],
    [['--hosts', '0'], '--hosts takes an integer from 1 to 128'],
    [['--mode', 'both'], '--mode takes several, single, not both.'],
    [['--admin-email', 'nope'], '--admin-email takes an e-mail address, not nope.'],
    [['--data-dir', import.meta.filename], '--data-dir takes a folder'],
    [['--prot', '1'], "Unknown option '--prot'"],
    [['now'], 'Unexpected argument'],
  ])('%j are refused with one line', (args, message) => {
    expect(() => read(args)).toThrow(message);
    try {
      read(args);
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });
});
