import '@countersign-example/shared/style.css'
import { createCountersign } from '@countersign/vue'
import { createApp } from 'vue'
import { client } from './client.ts'
import DemoApp from './demo-app.vue'

createApp(DemoApp).use(createCountersign(client)).mount('#app')
