import { settingLines } from './delivery-settings.ts';

describe('the settings of a GitHub environment', () => {
  const defaults = { SHOP_RUNBOOKS: 'https://github.example/docs/runbooks' };

  test('are all variables that begin with SHOP_', () => {
    expect(
      settingLines(
        { SHOP_HOSTED_ZONE_ID: 'Z1', SHOP_OWNER: 'a team', AWS_REGION: 'eu-west-1', NODE_OPTIONS: '-x' },
        {},
      ),
    ).toEqual(['SHOP_HOSTED_ZONE_ID=Z1', 'SHOP_OWNER=a team']);
  });

  test('omit empty variables', () => {
    expect(settingLines({ SHOP_CORS_ORIGIN: '', SHOP_MAIL_DOMAIN: ' ' }, {})).toEqual([]);
  });

  test('have defaults, which a value replaces but an empty variable does not', () => {
    expect(settingLines({ SHOP_RUNBOOKS: '' }, defaults)).toEqual([
      `SHOP_RUNBOOKS=${defaults.SHOP_RUNBOOKS}`,
    ]);
    expect(settingLines({ SHOP_RUNBOOKS: 'https://wiki.example' }, defaults)).toEqual([
      'SHOP_RUNBOOKS=https://wiki.example',
    ]);
  });

  test('cannot set other variables', () => {
    expect(() => settingLines({ SHOP_OWNER: 'us\nNODE_OPTIONS=--require=x' }, {})).toThrow('SHOP_OWNER');
  });
});
