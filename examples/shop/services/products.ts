/** What the shop sells; prices in cents of euro. */
export const products = [
  { id: 'sunglasses', name: 'Sunglasses', category: 'accessories', price: 1999 },
  { id: 'tank-top', name: 'Tank top', category: 'clothing', price: 1899 },
  { id: 'watch', name: 'Watch', category: 'accessories', price: 10999 },
  { id: 'loafers', name: 'Loafers', category: 'footwear', price: 8999 },
  { id: 'hairdryer', name: 'Hairdryer', category: 'hair', price: 2499 },
  { id: 'candle-holder', name: 'Candle holder', category: 'decor', price: 1899 },
  { id: 'salt-shakers', name: 'Salt and pepper shakers', category: 'kitchen', price: 1849 },
  { id: 'bamboo-jar', name: 'Bamboo glass jar', category: 'kitchen', price: 549 },
  { id: 'mug', name: 'Mug', category: 'kitchen', price: 899 },
] as const;
