/** Of the most common passwords (and the patterns behind them) those that are long enough to pass the length rule; lower case. */
export const commonPasswords: ReadonlySet<string> = new Set([
  '000000000000', '111111111111', '111222333444', '112233445566', '121212121212', '123123123123', '1234512345123',
  '123456123456', '1234567891011', '123456789012', '1234567890123', '12345678901234', '123456789abc', '1234567890ab',
  '1234qwerasdf', '123qweasdzxc', '1q2w3e4r5t6y', '1qaz2wsx3edc', '1qaz2wsx3edc4rfv', '222222222222', '987654321000',
  '999999999999', 'a1b2c3d4e5f6', 'aaaaaaaaaaaa', 'abc123abc123', 'abcd1234abcd', 'abcdefg12345', 'abcdefghijkl',
  'abcdefghijklm', 'administrator', 'administrator1', 'admin1234567', 'adminadminadmin', 'admin123admin', 'asdfasdfasdf',
  'asdfghjkl123', 'asdfghjkl;\'', 'changeme1234', 'changemeplease', 'computer1234', 'correcthorsebatterystaple',
  'correct horse battery staple', 'dragon123456', 'football1234', 'hallohallohallo', 'iloveyou1234', 'iloveyou12345', 'iloveyouiloveyou', 'incorrect1234',
  'internet1234', 'letmein12345', 'letmeinletmein', 'liverpool123', 'manchester123', 'master123456', 'monkey123456',
  'motdepasse12', 'passw0rd1234', 'password0000', 'password1111', 'password1234', 'password12345', 'password123456',
  'password123!', 'password1234!', 'passwordpassword', 'passwort1234', 'passwort12345', 'passwort123456', 'passwort123!',
  'passwortpasswort', 'princess1234', 'q1w2e3r4t5y6', 'qazwsxedcrfv', 'qwerty123456', 'qwertyqwerty', 'qwertyuiop12',
  'qwertyuiop123', 'qwertyuiop[]', 'qwertzqwertz', 'qwertzuiop12', 'qwertzuiop123', 'sallyport1234', 'schalke04schalke', 'secret123456',
  'sommer202320', 'sommer2024!!', 'sunshine1234', 'superman1234', 'test12345678', 'testtesttest', 'trustno1trustno1', 'unknown12345',
  'welcome12345', 'welcome123456', 'welcome2024!', 'willkommen12', 'willkommen123', 'willkommen1234', 'winter2024!!', 'zaq12wsxcde3', 'zxcvbnm12345',
  'zxcvbnmasdfghjkl',
])
