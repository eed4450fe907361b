// The keys of this tab. They end with the tab, and are never written anywhere else.

const adminName = 'console.admin-key';
const clientName = 'console.client-key';

export const adminKey = keyOf(adminName);
export const clientKey = keyOf(clientName);

function keyOf(name) {
  return {
    get: () => sessionStorage.getItem(name) ?? '',
    set: value => (value ? sessionStorage.setItem(name, value) : sessionStorage.removeItem(name)),
  };
}

export function forgetKeys() {
  adminKey.set('');
  clientKey.set('');
}
